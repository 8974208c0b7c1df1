#!/bin/bash
# A git repository with its own checks: commits, branches, merge, gc, fsck, clone.
set -euo pipefail
export GIT_AUTHOR_NAME=Workload GIT_AUTHOR_EMAIL=workload@localhost
export GIT_COMMITTER_NAME=Workload GIT_COMMITTER_EMAIL=workload@localhost
git config --global init.defaultBranch main
git config --global maintenance.auto false
git config --global gc.writeCommitGraph false
git config --global core.fsync all
git config --global advice.detachedHead false
library=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')

git init -q repository
cd repository
cp -r "$library/json" "$library/email" .
git add .
git commit -qm "Begin"
for ((commit = 1; commit <= 4 * ${ATOLL_SCALE:-1}; commit++)); do
  head -c $((commit * 3000)) /dev/urandom >"blob-$commit"
  echo "line $commit" >>json/__init__.py
  git add -A
  git commit -qm "Commit $commit"
done
git checkout -q -b side HEAD~2
git mv email mail
git commit -qm "Move"
git checkout -q main
git merge -q -m "Merge" side
[ -d mail ] && [ ! -d email ]
commits=$(git rev-list --count HEAD)

git gc -q --prune=now
git fsck --full --strict --no-progress
[ -z "$(git status --porcelain)" ] || {
  echo "VIOLATION: git status is not clean: $(git status --porcelain)" >&2
  exit 1
}
cd ..
echo 3 >/proc/sys/vm/drop_caches
git clone -q --no-hardlinks repository clone
git -C clone fsck --full --no-progress
[ "$(git -C clone rev-list --count HEAD)" = "$commits" ] || {
  echo "VIOLATION: the clone has $(git -C clone rev-list --count HEAD) commits, the repository $commits" >&2
  exit 1
}
diff -r --exclude=.git repository clone
echo "  $commits commits"
