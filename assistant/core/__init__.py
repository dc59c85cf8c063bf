"""The whole program without a face."""
