"""The audit trail (审计记录): who did what, from where, and what it changed."""
