"""Text out of files: paragraphs with their places, sentences, parts of a size. Only the worker child reads with it."""
