"""Who may look: allow-lists and all rules of access, pure."""
