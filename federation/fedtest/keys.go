package fedtest

import (
	"sync"

	"moothall/actions"
)

// pool holds keys that towns share: making one takes longer than most tests.
// Within one town no two actors have the same.
var pool struct {
	mu    sync.Mutex
	pairs []actions.KeyPair
}

// keyring hands out the pool's keys in one town.
type keyring struct {
	mu   sync.Mutex
	used int
}

func (k *keyring) next() (actions.KeyPair, error) {
	k.mu.Lock()
	n := k.used
	k.used++
	k.mu.Unlock()
	pool.mu.Lock()
	defer pool.mu.Unlock()
	for len(pool.pairs) <= n {
		pair, err := actions.NewKeyPair(nil)
		if err != nil {
			return pair, err
		}
		pool.pairs = append(pool.pairs, pair)
	}
	return pool.pairs[n], nil
}
