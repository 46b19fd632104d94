"""What the pretend devices do, one file per noun: pure steps from state and inputs to state and readings."""
