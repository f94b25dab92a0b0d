"""The points ledger (积分): rules, accounts, transactions and the seals that prove them."""
