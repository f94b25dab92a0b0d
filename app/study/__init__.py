"""Study: what members watched of lectures and replays, measured by the clock."""
