package main

import (
	"context"
	"sync"
)

// maxAhead is how many results may wait for one that takes longer.
const maxAhead = 64

// inOrder does some work on each item, on several at once, and gives the results
// to take one after another, in the order of the items. take's first error ends
// it all, and is returned.
func inOrder[T, R any](ctx context.Context, workers int, items []T, work func(context.Context, T) R, take func(R) error) error {
	var running sync.WaitGroup
	defer running.Wait()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	free := make(chan struct{}, workers)
	waiting := make(chan chan R, maxAhead)
	running.Go(func() {
		defer close(waiting)
		for _, item := range items {
			result := make(chan R, 1)
			select {
			case free <- struct{}{}:
			case <-inner.Done():
				return
			}
			select {
			case waiting <- result:
			case <-inner.Done():
				return
			}
			running.Go(func() {
				result <- work(inner, item)
				<-free
			})
		}
	})
	for result := range waiting {
		if err := take(<-result); err != nil {
			return err
		}
	}
	return ctx.Err()
}
