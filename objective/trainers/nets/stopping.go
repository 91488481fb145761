package nets

// stopping watches the unweighted validation loss and keeps the best
// parameters. With patience 0 it does nothing. Epochs before the weights are
// switched on do not count: a weighted run may not end, or fall back to, before its
// weights have acted.
type stopping struct {
	patience int
	from     int // the first epoch that counts, from 1
	best     float64
	at       int // the epoch of best, 0 = none yet
	kept     [][]float32
}

// observe takes the loss after an epoch and reports whether to stop: that many
// epochs in a row were no better than the best.
func (s *stopping) observe(epoch int, loss float64, p parameters) bool {
	if s.patience == 0 || epoch < s.from {
		return false
	}
	if s.at == 0 || loss < s.best {
		if s.best, s.at = loss, epoch; s.kept == nil {
			s.kept = p.snapshot()
		}
		p.save(s.kept)
	}
	return epoch-s.at >= s.patience
}

// finish restores the best parameters.
func (s *stopping) finish(p parameters) {
	if s.at > 0 {
		p.restore(s.kept)
	}
}
