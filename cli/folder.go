package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// needsFolder reports whether anything is stored in the data folder: the database or the key.
func (s settings) needsFolder() bool { return s.databaseFile() != "" || s.MasterKey == "" }

// createFolder creates the data folder if there is none.
func (s settings) createFolder() error {
	if err := s.checkFolder(); err != nil || !s.needsFolder() {
		return err
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return fmt.Errorf("cannot create the data folder, so set ITEMSHARE_DATA to a place where "+
			"itemshare can: %w", err)
	}
	return nil
}

// checkFolder rejects a data folder that other users can enter or that this user can't write in.
// The folder's group may enter it if the master key is kept elsewhere.
func (s settings) checkFolder() error {
	if !s.needsFolder() {
		return nil
	}
	info, err := os.Stat(s.Data)
	if errors.Is(err, fs.ErrNotExist) {
		return s.checkWritable()
	}
	if err != nil {
		return fmt.Errorf("cannot read the data folder: %w", err)
	}
	if err := s.checkFolderMode(info); err != nil {
		return err
	}
	return s.checkWritable()
}

func (s settings) checkFolderMode(info fs.FileInfo) error {
	switch mode := info.Mode().Perm(); {
	case !info.IsDir():
		return fmt.Errorf("%s is a file: set ITEMSHARE_DATA to a folder", s.Data)
	case mode&0o007 != 0:
		return fmt.Errorf("other users can read the data folder %s: run chmod 700 on it", s.Data)
	case mode&0o070 != 0 && s.MasterKey == "":
		return fmt.Errorf("the group of the data folder %s can read it: run chmod 700 on it, or set "+
			"ITEMSHARE_MASTER_KEY, so that the key isn't in a folder that others read", s.Data)
	}
	return nil
}

// isShared reports whether the group of the data folder can enter it, as in a volume.
func (s settings) isShared() bool {
	info, err := os.Stat(s.Data)
	return err == nil && s.needsFolder() && info.Mode().Perm()&0o070 != 0
}

// sharedFolder says what it means that the group can enter the data folder.
func (s settings) sharedFolder() string {
	text := "the group of the data folder " + s.Data + " can copy the database: only " +
		"ITEMSHARE_MASTER_KEY protects its content"
	if _, err := os.Stat(s.keyFile()); err == nil {
		text += ", so move " + s.keyFile() + " away"
	}
	return text
}

// checkWritable rejects folders and files in which this user can't store anything: SQLite names
// neither the file nor the reason.
func (s settings) checkWritable() error {
	if err := canWrite(s.Data); err != nil && exists(s.Data) {
		return describeUnwritable("the data folder", s.Data, "ITEMSHARE_DATA", err)
	}
	file := s.databaseFile()
	if file == "" {
		return nil
	}
	// SQLite creates files beside the database.
	if folder := filepath.Dir(file); exists(folder) {
		if err := canWrite(folder); err != nil {
			return describeUnwritable("the database's folder", folder, "ITEMSHARE_DATABASE", err)
		}
	}
	for _, path := range []string{file, file + "-wal", file + "-shm"} {
		if err := canWrite(path); err != nil && exists(path) {
			return describeUnwritable("the database", path, "ITEMSHARE_DATABASE", err)
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// canWrite returns nil if this user can change the file or the entries of the folder.
func canWrite(path string) error {
	const write, enter = 2, 1
	mode := uint32(write)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		mode |= enter
	}
	return syscall.Access(path, mode)
}

func describeUnwritable(what, path, variable string, err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%s %s is on a read-only file system: mount it for writing, or set %s "+
			"to a place that is", what, path, variable)
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("itemshare runs as user %d and can't write to %s %s, %s: run chown %d on it, "+
			"or start itemshare as its owner", os.Geteuid(), what, path, describeOwner(path), os.Geteuid())
	}
	return fmt.Errorf("cannot write to %s %s: %w", what, path, err)
}

// describeOwner says whose a file is and its mode.
func describeOwner(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "whose owner is unknown"
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "whose owner is unknown"
	}
	return fmt.Sprintf(
		"which belongs to user %d and group %d with mode %04o",
		owner.Uid, owner.Gid, owner.Mode&0o7777,
	)
}
