// Package pool works on many items, several at once.
package pool

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// maxAhead is how many results may wait for one that takes longer.
const maxAhead = 64

// InOrder calls work for each item, for so many at once, and calls take with the
// results one after another, in the order of the items. The first error of take
// or of the context ends it all and is returned. When InOrder returns, no work
// is under way any more.
func InOrder[T, R any](ctx context.Context, workers int, items []T, work func(context.Context, T) R, take func(R) error) error {
	var running errgroup.Group
	running.SetLimit(workers)
	inner, cancel := context.WithCancel(ctx)
	waiting := make(chan chan R, maxAhead)
	var feeding errgroup.Group
	// The feeding ends first: until then it may start more work.
	defer func() {
		cancel()
		_ = feeding.Wait()
		_ = running.Wait()
	}()
	feeding.Go(func() error {
		defer close(waiting)
		for _, item := range items {
			result := make(chan R, 1)
			select {
			case waiting <- result:
			case <-inner.Done():
				return nil
			}
			running.Go(func() error {
				result <- work(inner, item)
				return nil
			})
		}
		return nil
	})
	for result := range waiting {
		if err := take(<-result); err != nil {
			return err
		}
	}
	return ctx.Err()
}
