"""What a single figure hides: groups of patients, look-alikes, what covariates alone would do, wrong labels."""
