"""The network as built and as switched: model, import, energisation, tracing, layout of diagrams."""
