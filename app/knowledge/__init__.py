"""The rules that members live by: regulations, their versions, articles and citations."""
