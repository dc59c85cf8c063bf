"""What is done with translations, their sentences, glossaries and the memory."""
