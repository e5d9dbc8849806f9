"""pytest fixtures: `understudy_mock`, one mock for the session, and `understudy_tenant`, a new tenant for each test."""
import pytest

import understudy


def pytest_addoption(parser):
    group = parser.getgroup("understudy")
    group.addoption("--understudy-scenarios", action="append", default=[], metavar="PATH", help="serve this scenario file or folder")
    group.addoption("--understudy-contracts", default=None, metavar="FOLDER", help="contracts that add to the bundled ones")


def pytest_configure(config):
    config.addinivalue_line("markers", "understudy(**given): what the tenant of the fixture understudy_tenant starts with")


@pytest.fixture(scope="session")
def understudy_mock(pytestconfig):
    """One mock for the whole session (for each worker with pytest-xdist)."""
    options = pytestconfig.option
    with understudy.start(scenarios=options.understudy_scenarios, contracts=options.understudy_contracts) as mock:
        yield mock


@pytest.fixture
def understudy_tenant(understudy_mock, request):
    """A tenant of this test, with the document of @pytest.mark.understudy(api="veeqo", ...). It is removed after the test."""
    given = {}
    for mark in reversed(list(request.node.iter_markers("understudy"))):
        given.update(mark.kwargs)
    tenant = understudy_mock.stage_tenant(request.node.nodeid, given)
    yield tenant
    tenant.remove()
