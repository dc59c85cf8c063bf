"""Text out of files: paragraphs with their places, sentences, parts of a size. Its machinery is loaded only by the worker child."""
