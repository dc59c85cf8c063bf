"""Models as they are shown: lists, the pages beside them, downloads, the picker."""
