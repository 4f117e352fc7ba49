"""How the language model is made: corpus, tokenizer, network, training, export, evaluation."""

import os

# Threads that spin while they wait make training five times slower where other work shares the cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
