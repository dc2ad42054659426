"""Whatever answers: a scripted model, the local engine, the plain weights, an OpenAI-compatible upstream."""
