"""Pure decisions about a network: what is alive, what a file got wrong, what should be measured."""
