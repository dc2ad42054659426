"""From a dataset to an adapter: the recipe, rendering with its loss mask, LoRA, the loop, the runs."""
