"""Films of 28 x 28 pixels: a committee of small networks, tried where the films look different."""
