"""From a sentence to a Draft: prompt, grammar, grounding, jury, guard."""
