"""The believable sample project that the local service serves unless it is given another."""
