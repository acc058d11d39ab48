"""Whether a score can be taken for a probability, and how it is made one."""
