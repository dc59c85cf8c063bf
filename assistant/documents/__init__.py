"""Text out of files: paragraphs with their places, sentences, parts of a size. Loaded only by the worker child."""
