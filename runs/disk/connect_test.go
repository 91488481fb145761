package disk

import (
	"errors"
	"testing"
)

// TestRollback: it ends a transaction, and one that has ended by itself, as after some
// errors of SQLite, is no further error.
func TestRollback(t *testing.T) {
	c, err := Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	failure := errors.New("failure")
	for _, ends := range []string{"", "ROLLBACK"} {
		err := Transact(t.Context(), c.Conn, func() error {
			if _, err := c.ExecContext(t.Context(), "CREATE TABLE t (x);"+ends); err != nil {
				return err
			}
			return failure
		})
		if !errors.Is(err, failure) || err.Error() != failure.Error() {
			t.Errorf("a transaction that %q ends: %v; want the failure alone", ends, err)
		}
		var tables int
		if err := c.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables != 0 {
			t.Errorf("%d tables, %v; want what it made undone", tables, err)
		}
	}
	if err := Transact(t.Context(), c.Conn, func() error { _, err := c.ExecContext(t.Context(), "CREATE TABLE t (x)"); return err }); err != nil {
		t.Errorf("a transaction after those: %v", err)
	}
	if err := Rollback(c.Conn); err != nil {
		t.Errorf("Rollback without a transaction: %v", err)
	}
}
