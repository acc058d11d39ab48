"""Sentences, figures and pages of finished results; nothing here computes one."""
