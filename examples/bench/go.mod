// Parts of a module that .ci/bench puts together with what msgen and oapi-codegen generate from shop.yaml.
module bench.test/shop

go 1.26
