"""The same resampled patients for every number: drawn once, weighed in one pass, told as intervals."""
