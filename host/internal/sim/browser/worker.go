package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Worker is the background service worker of the extension.
type Worker struct{ *target }

func (b *Browser) workerTarget(ctx context.Context) (string, error) {
	list, err := b.targets(ctx)
	for _, t := range list {
		if t.Type == "service_worker" && strings.HasPrefix(t.URL, "chrome-extension://"+b.extension+"/") {
			return t.ID, nil
		}
	}
	return "", err
}

// ServiceWorker waits for the extension's service worker to run and attaches
// to it. An attached worker is not put to sleep by the browser: Detach it to
// give it back its normal life.
func (b *Browser) ServiceWorker(ctx context.Context) (*Worker, error) {
	if b.extension == "" {
		return nil, errors.New("browser: no extension loaded")
	}
	var id string
	err := poll(ctx, func() (bool, error) {
		var err error
		id, err = b.workerTarget(ctx)
		return id != "", err
	})
	if err != nil {
		return nil, fmt.Errorf("no service worker of the extension: %w", err)
	}
	t, err := b.attach(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Worker{t}, nil
}

// Detach lets go of the worker.
func (w *Worker) Detach(ctx context.Context) error {
	w.browser.conn.forget(w.session)
	return w.browser.conn.call(ctx, "", "Target.detachFromTarget", params{"sessionId": w.session}, nil)
}

// StopServiceWorker stops the extension's service worker as the browser does
// when it wants the memory back: globals are lost, native ports close, the
// next event starts it again. It waits until that instance has gone.
func (b *Browser) StopServiceWorker(ctx context.Context) error {
	id, err := b.workerTarget(ctx)
	if err != nil {
		return err
	}
	if id == "" {
		return nil // asleep already
	}
	if err := b.conn.call(ctx, "", "Target.closeTarget", params{"targetId": id}, nil); err != nil {
		return fmt.Errorf("stop the service worker: %w", err)
	}
	err = poll(ctx, func() (bool, error) {
		now, err := b.workerTarget(ctx)
		return now != id, err
	})
	if err != nil {
		return fmt.Errorf("stop the service worker: %w", err)
	}
	return nil
}
