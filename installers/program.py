"""The first lines of the packaged program; a worker process starts here too, and turns into a worker at once."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from console.command_line import main

    main()
