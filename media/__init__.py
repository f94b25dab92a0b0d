"""Pictures and videos behind one port."""
