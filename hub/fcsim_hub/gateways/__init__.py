"""Everything outbound: HTTP to identity providers, the registry behind its question, mail."""
