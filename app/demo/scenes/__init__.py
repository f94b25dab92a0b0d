"""What the demo pictures show: one function a theme, each painting on a canvas."""
