"""What every room may use: errors, paths, atomic files, assets. Standard library and platformdirs only."""
