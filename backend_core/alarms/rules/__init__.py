"""The decisions of alarming, one noun a file."""
