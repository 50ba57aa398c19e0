package main

import (
	"os"
	"path/filepath"
	"runtime"
)

// userDataFolder is where programs keep the user's data on this machine. On
// Windows it is not the folder of settings: that one may roam, or lie on a
// server, and a database with a write-ahead log must not (doc/outbox.md).
func userDataFolder() (string, error) {
	name := map[string]string{"windows": "LocalAppData", "linux": "XDG_DATA_HOME"}[runtime.GOOS]
	if dir := os.Getenv(name); name != "" && filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS != "linux" {
		return os.UserConfigDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}
