module baleen/devnet/writer

go 1.21

require github.com/syndtr/goleveldb v1.0.1-0.20200815110645-5c35d600f0ca

require github.com/golang/snappy v0.0.1 // indirect
