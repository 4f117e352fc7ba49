"""The outside world behind small protocols: files, llama.cpp, the journal."""
