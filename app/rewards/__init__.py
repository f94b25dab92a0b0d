"""Rewards (积分兑换): a catalogue with stock, and what members redeem from it."""
