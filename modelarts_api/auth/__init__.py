"""The ways to authorise a request that need more than a header: signatures, and tokens from IAM."""
