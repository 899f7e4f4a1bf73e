"""The pure middle of the line: no disk, clock, random, network, environment variable or process."""
