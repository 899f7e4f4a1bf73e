"""Where the texts of a project are kept: on the disk, in a git revision, in an installed package."""
