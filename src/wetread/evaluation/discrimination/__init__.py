"""How well a score tells positive films from negative ones, whatever the threshold."""
