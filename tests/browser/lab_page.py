"""A notebook open in JupyterLab, as a person sees it."""

from playwright.sync_api import Page

WAIT = 60_000
_KERNEL = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel"


class LabPage:
    """Opens a notebook and runs it."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self):
        """Load the page and run all cells; what they show is waited for by who looks at it."""
        self.page.goto(self.address)
        self.idle()
        self.command("notebook:run-all-cells")

    def idle(self):
        """Wait for the kernel."""
        self.page.wait_for_function(f"{_KERNEL}?.status === 'idle'", timeout=WAIT)

    def command(self, name, **arguments):
        """A command of JupyterLab."""
        self.page.evaluate("([name, given]) => jupyterapp.commands.execute(name, given)", [name, arguments])
