"""The doors between the GUI thread and the core thread: questions go down, frames come up."""
