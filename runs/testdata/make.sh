#!/bin/sh
# Makes testdata/vN.db, a database as the program with schema version N leaves it,
# from the test study with three trials. Run it once for every schema version,
# from the package's folder, before the next migration is written; the file is
# then never made again.
set -eu
last=$(ls schema/*.sql | tail -n 1)
version=$(basename "$last" .sql | sed 's/^0*//')
EVENKEEL_TEST_MAKE="$PWD/testdata/v$version.db" go test -count=1 -run TestMakeFixture .
ls -l "testdata/v$version.db"
