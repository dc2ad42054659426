#!/usr/bin/env bash
# Installs the system packages that some tests use. Without them those tests are skipped, each with its reason.
set -euo pipefail
packages=(postgresql)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Some tests need these packages: ${missing[*]}. Install them with your system's package manager, for example:"
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
