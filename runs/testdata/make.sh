#!/bin/sh
# Makes testdata/vN.db, a database as the release with schema version N leaves it,
# from the test study with three trials. Run it once for every schema version,
# from the package's folder, before the next migration is written; the file is
# then never made again.
set -eu
version=$(ls migration/*.sql | wc -l)
EVENKEEL_TEST_MAKE="$PWD/testdata/v$version.db" go test -count=1 -run TestMakeOldDatabase .
ls -l "testdata/v$version.db"
