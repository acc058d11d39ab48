"""A submission written as text, after the course's template: what it says, found by headings and careful patterns."""
